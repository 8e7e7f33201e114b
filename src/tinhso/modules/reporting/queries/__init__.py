"""Reads: sheets, boards, sums, workbooks that go out and come back."""
