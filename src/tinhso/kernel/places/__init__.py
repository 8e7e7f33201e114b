"""Addresses and communes, today's and those before 1 July 2025.

There are no tables here: a place is a commune (a unit) and the words a person wrote; whoever keeps an address has its
own columns for both. Map layers are data of the modules that have points.
"""
