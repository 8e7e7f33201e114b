"""Backups: the database and all files as of one moment, encrypted for a key that the machine does not have.

``making`` writes one, ``restoring`` reads it back after checking every byte, ``figures`` says whether two databases
hold the same. Parts are age files (age-encryption.org).
"""
