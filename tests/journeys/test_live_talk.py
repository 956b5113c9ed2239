"""The parts of an open page that come by themselves, given their frames by hand: the server of these tests has no socket."""

from typing import Any

import pytest

from communities.comments.telling import since

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A socket of the test's own: what it `hears` is what the house would have sent.
SOCKET = """
window.WebSocket = class extends EventTarget {
  static OPEN = 1;
  constructor() { super(); this.readyState = 1; window.line = this; setTimeout(() => this.dispatchEvent(new Event('open'))); }
  send(text) { (window.asked ??= []).push(JSON.parse(text)); }
  close() {}
};
window.hear = (frame) => window.line.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }));
"""


def hear(page: Any, kind: str, object_id: int, after: int) -> None:
    for frame in since(kind, object_id, after, 200):
        told = {"topic": frame.topic, "seq": frame.seq, "kind": frame.kind, "id": frame.id, "html": frame.html}
        page.evaluate("frame => hear(frame)", told)


def test_comments_come_without_moving_what_one_reads(publish, member, insider, circle, browse, say):
    post = publish("Drums", source="Two drums, one sheet.\n\n" * 40)
    first = say(insider, post, "Which drum?")
    page = browse(member)
    page.add_init_script(SOCKET)
    page.goto(post.url)
    page.wait_for_function("window.asked?.some(one => one.topic.startsWith('post:'))")
    assert page.evaluate(f"asked.find(one => one.topic === 'post:{post.pk}')") == {
        "do": "join",
        "topic": f"post:{post.pk}",
        "after": 1,
    }
    below = say(circle, post, "Below what one reads")
    hear(page, "post", post.pk, 1)
    page.locator(".new-comments", has_text="1 new comment").wait_for()
    assert page.locator(f"#comment-{below.pk}").count() == 1 and page.evaluate("scrollY") == 0
    page.locator(".new-comments").evaluate("line => line.click()")  # a hand would scroll there, and then nothing is new
    assert page.locator(f"#comment-{below.pk}:focus").count() == 1
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(200)
    where = page.locator("form.say").evaluate("form => form.getBoundingClientRect().top")
    kept_back = [say(insider, post, f"Kept back {n}") for n in range(2)]
    hear(page, "post", post.pk, 2)
    page.locator(".new-comments", has_text="2 new comments").wait_for()
    assert page.locator(f"#comment-{kept_back[0].pk}").count() == 0
    assert page.locator("form.say").evaluate("form => form.getBoundingClientRect().top") == where
    page.locator(".new-comments").click()
    assert page.locator("#talk-title").inner_text() == "4 comments"
    assert page.locator(f"#comment-{kept_back[0].pk}:focus").count() == 1
    sign = page.locator(f"#comment-{first.pk} button.sign")
    sign.click()
    page.locator(f"#comment-{first.pk} button[aria-pressed=true]").wait_for()
    hear(page, "post", post.pk, 4)
    assert page.locator(f"#comment-{first.pk} button[aria-pressed=true]").count() == 1
    sign.click()  # what came by the socket takes it back as well
    page.locator(f"#comment-{first.pk} button[aria-pressed=false]").wait_for()
    assert page.locator(f"#comment-{first.pk} [name=csrfmiddlewaretoken]").first.input_value() != ""
