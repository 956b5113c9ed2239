"""Who belongs to which community, as what, and from which rung up they see."""
