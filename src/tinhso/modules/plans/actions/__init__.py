"""All writes: the document and its targets, what units must issue, tasks."""
