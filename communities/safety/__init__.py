"""What staff does to keep a place good: every act has a reason and an inverse."""
