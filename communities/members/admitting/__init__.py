"""The team's pages about who comes in: requests, what is asked at the door, guidelines, topics."""
