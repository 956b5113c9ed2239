"""What search holds of a person: nothing of their own."""

from communities.people.portable import register_not_personal

register_not_personal(
    {"search.Entry": "A copy of words that are carried where they stand; it goes in the moment in which they go."}
)
