"""Tests of online reporting."""
