"""How pages look and behave: template tags, Markdown, headers, the page cache."""
