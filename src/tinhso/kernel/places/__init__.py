"""Addresses and communes, today's and those before 1 July 2025.

A place is a commune (a unit) and the words a person wrote; whoever keeps an address has its
own columns for both. What modules show on maps is projected into points and clusters here (``points``).
"""
