"""Pages for officials."""
