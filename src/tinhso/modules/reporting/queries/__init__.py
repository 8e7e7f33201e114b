"""Reads: sheets, boards, sums, workbooks."""
