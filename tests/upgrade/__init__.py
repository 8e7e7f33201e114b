"""What the released program needs of the database: ``released.json`` names its commit and its last migrations.

``python -m tests.upgrade`` renews it, on the day of a release and only then.
"""
