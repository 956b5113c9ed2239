"""UploadRefused: why a file was not taken, as a sentence for the person who sent it."""


class UploadRefused(Exception):
    """status: what an HTTP answer says (400, 413 too large, 429 too fast, 507 no room). wait: seconds, where it is 429."""

    def __init__(self, sentence: str, status: int = 400, *, wait: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = str(sentence)
        self.status = status
        self.wait = wait
