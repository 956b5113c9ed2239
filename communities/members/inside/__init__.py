"""What members meet right behind the door and on the way out: guidelines, the first questions, leaving."""
