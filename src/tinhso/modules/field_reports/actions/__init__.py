"""All writes: publishing the list, filing, triage, handling, what senders do."""
