#!/usr/bin/env python3
"""Writes rules.tsv from a gitleaks.toml (MIT, see LICENSE-gitleaks.txt): `vendor.py gitleaks.toml > rules.tsv`.

A line: weight, id, entropy floor (0 for none), group of the secret (0 for the first that took part), keywords in
lower case (comma), allowed secrets (regexes joined by a tab-free ` ||| `), regex. `block`: the shape of the token
alone gives it away. `warn`: a keyword beside something random; it never stops anybody.
"""
import sys
import tomllib

# A keyword, an assignment and anything random behind it.
GENERIC = ("(?i)[\\w.-]{0,50}?", "[\\w.-]{0,50}?(?i:")
# Their shape alone is too common among what incident notes hold: a git commit, a path of letters.
LOOSE = {"sourcegraph-access-token", "vault-service-token", "facebook-access-token", "harness-api-key",
         "authress-service-client-access-key", "freemius-secret-key", "slack-legacy-workspace-token"}
# No token: a public key, a host name that a longer rule needs.
LEFT_OUT = {"flutterwave-public-key"}

rules = tomllib.load(open(sys.argv[1], "rb"))["rules"]
print("# Made by vendor.py from the rules of gitleaks (MIT, Zachary Rice; LICENSE-gitleaks.txt). Do not edit.")
for rule in sorted(rules, key=lambda r: r["id"]):
    regex, name = rule.get("regex"), rule["id"]
    if regex is None or name in LEFT_OUT:
        continue
    if name == "sourcegraph-access-token":
        regex = regex.replace("|[a-fA-F0-9]{40}", "")
        LOOSE.discard(name)
    if name == "vault-service-token":
        regex = regex.replace(r"|s\.(?i:[a-z0-9]{24})", "")
        LOOSE.discard(name)
    weight = "warn" if regex.startswith(GENERIC) or name in LOOSE else "block"
    allowed = []
    for entry in rule.get("allowlists", []):
        if entry.get("condition", "OR") == "OR" and entry.get("regexTarget", "secret") in ("secret", ""):
            allowed += entry.get("regexes", [])
    # It excuses calls such as `words.thatAreLettersOnly` from the alternative that is left out above. The other one is
    # found by its prefix, and one real token in fifty begins with 24 letters.
    if name == "vault-service-token":
        allowed = [a for a in allowed if a != r"s\.[A-Za-z]{24}"]
    # A brace that stands for itself is written so in Rust.
    allowed = [a.replace("$?{{[^}]+}}", "$?\\{\\{[^}]+\\}\\}") for a in allowed]
    keywords = [k.lower() for k in rule.get("keywords", [])]
    if weight == "block" and not all(k in regex.lower().replace("\\", "") for k in keywords):
        keywords = []  # A note need not name the provider.
    fields = [weight, name, str(rule.get("entropy", 0)), str(rule.get("secretGroup", 0)), ",".join(keywords),
              " ||| ".join(allowed), regex]
    if any("\t" in f or "\n" in f for f in fields):
        sys.exit(f"{name}: holds a tab or a line break")
    print("\t".join(fields))
