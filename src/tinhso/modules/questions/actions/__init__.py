"""All writes: asking, handling, answering, the library, who answers what."""
