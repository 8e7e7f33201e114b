"""Questions: what people ask, who answers it and by when, and the library of answers that everybody finds."""
