"""Where no URL of a customer may lead: hosts in every disguise, names, and tricks with URLs."""

# Names and what the resolver says of them, one list for each time it is asked.
NAMES = {
    "internal.example": [["10.0.0.5"]],
    "loop.example": [["127.0.0.1"]],
    "loop6.example": [["::1"]],
    "mixed.example": [["8.8.8.8", "127.0.0.1"]],
    "mixed6.example": [["2606:4700::1111", "::1"]],
    "metadata.example": [["169.254.169.254"]],
    "metadata.google.internal": [["169.254.169.254"]],
    "rebind.example": [["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]],
    "rebind-first.example": [["127.0.0.1"], ["8.8.8.8"]],
    "127.0.0.1.nip.example": [["127.0.0.1"]],
    "nat64.example": [["64:ff9b::7f00:1"]],
    "mapped.example": [["::ffff:127.0.0.1"]],
    "ula.example": [["fd00::1"]],
    "cgnat.example": [["100.64.0.1"]],
    "nobody.example": [[]],
}
# A customer's server that may be asked.
PUBLIC_NAMES = {"public.example": [["8.8.8.8"]]}
HOSTS = [
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "127.0.1", "0", "0.0.0.0", "1",
    "2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "0177.1", "0x7f.1",
    "127.0.0.01", "localhost", "LOCALHOST", "localhost.", "10.0.0.1", "10.255.255.255",
    "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1",
    "100.127.255.255", "169.254.169.254", "169.254.0.1", "2852039166", "192.0.2.1",
    "198.51.100.1", "203.0.113.1", "198.18.0.1", "192.0.0.1", "192.88.99.1", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]",
    "[2002:a00:1::1]", "[2001:0:7f00:1::]", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]",
    "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "[3fff::1]", "100.100.100.200",
    "[fd00:ec2::254]", "192.0.0.192", "[fe80::5efe:7f00:1]", *NAMES,
]  # fmt: skip
# The canary's port is put in; a browser's tricks with the parts of a URL.
URLS = [
    "https://user@127.0.0.1:{port}/",
    "https://8.8.8.8:{port}@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}#@8.8.8.8/",
    "https://127。0。0。1:{port}/",
    "https://①②⑦.⓪.⓪.①:{port}/",
    "http://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "https://127.0.0.1:{port}\r\nHost: x/",
    "https:///127.0.0.1:{port}/",
    "https://127.0.0.1%2f:{port}/",
    "https://[::1%25lo]:{port}/",
]
