"""Texts on which tokenizers disagree, shared by the goldens and by compare_ids.py."""

SHORT = [
    "", " ", "  a", "\t\n", "Hello, world!", " hello  there ", "a  b   c\n\nd\r\ne",
    "Xin chào các bạn, tiếng Việt", "Tie\u0302\u0301ng Vie\u0323\u0302t NFD", "e\u0302\u0323 ê\u0323",
    "\u0323e \u0301", "\u1112\u1161\u11ab\u1100\u116e\u11a8 한국 각", "ﬁne ﬂow ﬃ ǅ ™ ½ ① Å",
    "a\u200bb\u200cc\u200dd\ufeffe\u00adf", "👨‍👩‍👧 👍🏽 🇫🇷 ❤️ #️⃣ ©️", "\x00\x01abc\x7f\x80z\x85y",
    "a\x01", "\x01ab", "™\x1eg", "İstanbul ıI ß ẞ ΣΑΣ", "ÀÉÎÕÜ œuvre naïve",
    "中文，测试。日本語カタカナ", "Ｈｅｌｌｏ　１２３", "don't we'll I'M they've 'S",
    "[CLS] a [SEP] b[MASK] [UNK]", "x <mask> y<mask>  <s></s>", "▁▁a ▁b ▁", "a.b,c!?(d)-[e]",
    "1234 12,345.67 ٣٤ ⅷ ²", "@user #tag http://a.b/c?d=e_f", "มาำ ไทย", "नमस्ते क्षत्रिय",
    "مرحبا ١٢", "שלום", "\u0600a", "Привет Ёё", "\u3000x\u2003\u00a0y", "q\u0323\u0307\u0301",
    "\u2028z\u2029", "𝓗𝓮 𠀀 \U0010fffd", "\ufffd", "ªb ª\u0301", "\u1e9b\u0323", "<0x41> <0xE2>",
    "Yesterday yesterdayyesterday the yesterday", "aaaaaaaaaaaaaaaaaaaaaaaa bbbbb", "lone \ud83d half",
    "\udc00",
]

# Only their ids are compared, against the real files.
LONG = [
    "a" * 100, "a" * 101, "é" * 100, "é" * 101, "antidisestablishmentarianism" * 5,
    "a" * 100_000, "é" * 20_000, " " * 5_000, "ab " * 20_000, "😀" * 5_000, "\u0301" * 5_000,
    "e\u0301" * 60, "a.b,c!" * 3_000,
]


def clean(text):
    """As a JSON reader passes it on that replaces lone surrogates."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
