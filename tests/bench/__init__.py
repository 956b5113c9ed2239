"""`make bench`: figures of the production shape, one JSON object a line. Never part of the suite: times belong here, mechanisms there."""
