"""What the importer makes of shortcodes, Liquid and addresses; pure text in, pure text out."""

import time

import pytest

from content.posts.archive.links import Index, addresses, key_of, old_path, rewrite
from content.posts.archive.shortcodes import to_markdown


def hugo(body: str) -> str:
    return to_markdown(body, liquid=False, path_of=lambda address: f"/new/{address}")


def jekyll(body: str, title: str = "T") -> str:
    return to_markdown(body, liquid=True, path_of=lambda address: f"/new/{address}", title=title)


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        (
            '{{< figure src="ink.jpg" alt="Ink" caption="Black *ink*" >}}',
            '<img src="ink.jpg" alt="Ink" title="Black *ink*">',
        ),
        ('{{< figure src="a.jpg" link="/x/" >}}', '<a href="/x/"><img src="a.jpg" alt=""></a>'),
        ('[on]({{< ref "other.md" >}})', "[on](/new/other.md)"),
        ("[on]({{< relref other.md >}})", "[on](/new/other.md)"),
        ('[on]({{% ref "other.md" %}})', "[on](/new/other.md)"),
        ("{{< youtube abc_DEF-1 >}}", "<https://www.youtube.com/watch?v=abc_DEF-1>"),
        ("{{< gist ana 123 >}}", "<https://gist.github.com/ana/123>"),
        ("{{< note >}}Mind the *ink*.{{< /note >}}", "Mind the *ink*."),
        ('{{% callout type="info" %}}\nMind.\n{{% /callout %}}', "\nMind.\n"),
        ("a {{< unknown 1 2 >}} b", "a  b"),
        ("a {{/* a remark */}} b", "a  b"),
        ('{{< highlight go "linenos=table" >}}\nx := 1\n{{< /highlight >}}', "```go\nx := 1\n```"),
        ("use `{{< figure >}}` so", "use `{{< figure >}}` so"),
        ("```\n{{< figure src=x >}}\n```\n", "```\n{{< figure src=x >}}\n```\n"),
        ("{{</* figure src */>}}", "`{{< figure src >}}`"),
        ('{{ youtube(id="abc") }}', "<https://www.youtube.com/watch?v=abc>"),
        ("{% quote(author='x') %}\nWords.\n{% end %}", "\nWords.\n"),
        ("a {{ b }} c", "a {{ b }} c"),
        ('{{< figure src="x" ', '{{< figure src="x" '),
    ],
)
def test_shortcodes_of_hugo_and_zola(written: str, becomes: str) -> None:
    assert hugo(written) == becomes


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("{% highlight ruby linenos %}\nputs 1\n{% endhighlight %}", "```ruby\nputs 1\n```"),
        ("{% highlight md %}\n```\n{% endhighlight %}", "````md\n```\n````"),
        ("{% raw %}{{ kept }}{% endraw %}", "{{ kept }}"),
        ("[on]({% post_url 2024-01-02-ink %})", "[on](/new/2024-01-02-ink)"),
        ("[on]({% link _posts/2024-01-02-ink.md %})", "[on](/new/_posts/2024-01-02-ink.md)"),
        ('{% include figure.html src="/a.png" alt="A" %}', '<img src="/a.png" alt="A">'),
        ("{% include youtube.html id='abc' %}", "<https://www.youtube.com/watch?v=abc>"),
        ("![x]({{ site.baseurl }}/a.png)", "![x](/a.png)"),
        ("![x]({{ '/a.png' | relative_url }})", "![x](/a.png)"),
        ("# {{ page.title }}", "# T"),
        ("{% if x %}yes{% endif %}{% assign a = 'b' %}", "yes"),
        ("{% comment %}secret{% endcomment %}shown", "shown"),
        ("![x](a.png){: .wide }\n{: #note}\ntext", "![x](a.png)\ntext"),
        ("`{{ site.url }}`", "`{{ site.url }}`"),
    ],
)
def test_liquid_of_jekyll(written: str, becomes: str) -> None:
    assert jekyll(written) == becomes


def test_nothing_in_a_text_can_pass_for_our_own_placeholders() -> None:
    assert "secret" not in jekyll("\ue0000\ue001{% comment %}secret{% endcomment %}")
    assert jekyll("\ue0007\ue001") == ""


INDEX = Index(["ink.example"])
for number, address in enumerate(
    ["posts/ink.md", "posts/paper/index.md", "/2021/05/01/wood/", "notes/2024-01-02-lead.markdown", "/About.html"]
):
    INDEX.add(address, number)


@pytest.mark.parametrize(
    ("source", "address", "found"),
    [
        ("posts/this.md", "ink.md", 0),
        ("posts/this.md", "./ink.md", 0),
        ("posts/this.md", "../ink/", 0),
        ("posts/this/index.md", "../ink/", 0),
        ("posts/this/index.md", "../ink.md", 0),
        ("posts/this.md", "paper/", 1),
        ("notes/x.md", "../posts/paper/index.md", 1),
        ("notes/x.md", "/posts/ink", 0),
        ("notes/x.md", "@/posts/ink.md", 0),
        ("notes/x.md", "/2021/05/01/wood.html", 2),
        ("notes/x.md", "/2021/05/01/wood/index.html", 2),
        ("notes/x.md", "https://ink.example/2021/05/01/wood", 2),
        ("notes/x.md", "https://other.example/2021/05/01/wood", None),
        ("notes/x.md", "/about", 4),
        ("notes/x.md", "/absent/", None),
        ("notes/x.md", "..", None),
        ("notes/x.md", "../../../etc/passwd", None),
        ("notes/x.md", "https://ink.example/", None),
    ],
)
def test_an_address_means_the_post_that_it_meant_on_the_old_site(source: str, address: str, found: int | None) -> None:
    assert INDEX.find(address, sources=[source]) == found


def test_a_reference_by_name_alone_is_enough_where_one_post_has_that_name() -> None:
    assert INDEX.find("2024-01-02-lead", sources=["a/b.md"], by_name=True) == 3
    assert INDEX.find("ink.md", sources=["far/away.md"], by_name=True) == 0
    assert INDEX.find("ink.md", sources=["far/away.md"]) is None
    twice = Index()
    twice.add("a/ink.md", 1)
    twice.add("b/ink.md", 2)
    assert twice.find("ink.md", sources=["c.md"], by_name=True) is None


def test_two_spellings_of_an_address_are_one() -> None:
    assert key_of("/A/b.html") == key_of("a/B/index.html") == key_of("https://x.example//a/b/?q#f") == "a/b"
    assert old_path("https://x.example/caf%C3%A9/Foo.html#top") == "café/Foo.html"


def test_links_are_rewritten_wherever_they_stand_and_code_is_left_alone() -> None:
    body = (
        '[a](x.md "t") ![b](<x.md>) [c][r] <a class="k" href="x.md">d</a> <img src=\'x.md\'> [`e`](x.md)\n'
        "`[f](x.md)` [g](y.md)\n\n[r]: x.md\n\n```\n[h](x.md)\n```\n"
    )
    assert rewrite(body, lambda old: "/n/1/" if old == "x.md" else None) == (
        '[a](/n/1/ "t") ![b](/n/1/) [c][r] <a class="k" href="/n/1/">d</a> <img src="/n/1/"> [`e`](/n/1/)\n'
        "`[f](x.md)` [g](y.md)\n\n[r]: /n/1/\n\n```\n[h](x.md)\n```\n"
    )
    assert sorted(addresses(body)) == ["x.md"] * 6 + ["y.md"]


@pytest.mark.parametrize(
    "piece",
    [
        "{{<",
        "{{< a ",
        '{{< a "',
        "{{ ",
        "{% ",
        "{% raw %}",
        "{% comment %}",
        "](",
        "](a(",
        "[a]: ",
        "` ",
        "{{</*",
        "<a href=",
    ],
)
def test_a_long_text_of_openings_is_read_soon(piece: str) -> None:
    body = (piece * (300_000 // len(piece)))[:300_000]
    began = time.thread_time()
    hugo(body)
    rewrite(jekyll(body), lambda _old: None)
    assert time.thread_time() - began < 5
