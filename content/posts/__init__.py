"""Posts: the public and insider streams, the pages of single posts, writing, feeds and the archive importer."""
