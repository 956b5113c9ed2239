"""UploadRefused: why a file was not taken, as a sentence for the person who sent it."""


class UploadRefused(Exception):
    """status: what an HTTP answer says (400, 413 too large, 507 no room)."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = str(sentence)
        self.status = status
