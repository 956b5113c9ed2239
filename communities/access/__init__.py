"""The only access rules in the project: who is asking (Viewer), what can be asked about (Gated), and the one question."""
