"""All writes: asking for money, taking it in, receipts, refunds, tariffs."""
