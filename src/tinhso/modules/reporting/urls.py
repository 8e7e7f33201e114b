"""Addresses of the module."""

app_name = "reporting"
portal: list[object] = []
desk: list[object] = []
