# METADATA
# title: Consent and erasure
# description: |
#   For which purpose a capsule may use personal data, of whom, and since when not any more. Keys and series about a person are
#   person/<id>/…, subjects person.<id>.…; what is no personal data is anonymous/… and anonymous.…. Everything else is refused.
#
#   Each rule names the article of the GDPR (Regulation (EU) 2016/679) that it is meant to help with. No policy makes anyone
#   compliant.
# related_resources:
#   - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
package doteros

# METADATA
# title: Data protection by default
# custom:
#   meant_for: Article 25(2)
default allow := false

allow if {
	is_component
	is_permitted
}

# METADATA
# title: A capsule without a purpose
# description: Personal data is collected for purposes that were said before, and each capsule has one.
# custom:
#   meant_for: Article 5(1)(b)
deny contains sprintf("the capsule %s has no purpose", [input.capsule.name]) if not purpose

# METADATA
# title: The component that was looked at
# description: A name is what a manifest says; the digest is the component itself.
# custom:
#   meant_for: Articles 5(1)(f), 32
deny contains sprintf("%s is not the component that was looked at", [input.capsule.name]) if {
	purpose
	not is_component
}

# METADATA
# title: No lawful basis
# description: A purpose that rests on consent needs that of the person, given before and not withdrawn.
# custom:
#   meant_for: Articles 6(1)(a), 7(3)
deny contains sprintf("%s has not consented to %s", [person, purpose]) if {
	is_component
	basis == "consent"
	some person in persons
	not is_erased(person)
	not consents(person)
	not is_removal
}

# METADATA
# title: Erased
# description: Of a person who was erased, what is left may be deleted and nothing else, whatever the basis.
# custom:
#   meant_for: Article 17
deny contains sprintf("%s was erased", [person]) if {
	is_component
	some person in persons
	is_erased(person)
	not is_removal
}

# METADATA
# title: Restricted
# description: |
#   Of a person who had the use of their data restricted, it is kept: not read, not changed and not deleted, unless for legal
#   claims or with consent.
# custom:
#   meant_for: Article 18
deny contains sprintf("the use of what is about %s is restricted", [person]) if {
	is_component
	some person in persons
	is_restricted(person)
	not basis == "legal-claims"
	not consents(person)
}

# METADATA
# title: Many people at once
# description: A scan or a pattern over several people would not look at who consented. It is for purposes that rest on no consent.
# custom:
#   meant_for: Articles 5(1)(c), 6(1)
deny contains sprintf("%s is asked for one person at a time", [purpose]) if {
	is_component
	input.operation == "state.scan"
	not is_permitted
}

# METADATA
# title: Names that tell who it is
# description: Keys and subjects stand in logs and in a ledger from which nothing is erased. People have ids that say nothing.
# custom:
#   meant_for: Articles 5(1)(c), 25(1), 17
deny contains "the name of what is asked for holds an e-mail address" if {
	some text in input.resource
	regex.match(`[^\s/@]@[^\s/@]+\.[A-Za-z]{2,}`, text)
}

# What the capsule is for, and what that rests on.
purpose := data.privacy.capsules[input.capsule.name].purpose

basis := data.privacy.purposes[purpose].basis

is_component if input.capsule.digest in data.privacy.capsules[input.capsule.name].digests

# Whom it is about: the ids in keys, series and subjects, and that of a scan which stays with one person.
persons contains id if {
	some kind in ["key", "series"]
	["person", id] = array.slice(split(input.resource[kind], "/"), 0, 2)
}

persons contains id if {
	input.operation in {"publish", "request"}
	["person", id] = array.slice(split(input.resource.subject, "."), 0, 2)
}

persons contains id if {
	["person", id] = array.slice(split(input.resource.start, "/"), 0, 2)
	scans(concat("/", ["person", id]))
}

is_removal if input.operation == "state.delete"

# Whether there is consent now. Who withdraws has consented until then, and may consent again.
consents(person) if {
	some consent in data.privacy.consents[person][purpose]
	time.parse_rfc3339_ns(consent.given) <= input.context.time
	not is_withdrawn(consent)
}

is_withdrawn(consent) if time.parse_rfc3339_ns(consent.withdrawn) <= input.context.time

is_erased(person) if time.parse_rfc3339_ns(data.privacy.erased[person]) <= input.context.time

is_restricted(person) if time.parse_rfc3339_ns(data.privacy.restricted[person]) <= input.context.time

is_permitted if input.operation in {"load", "log"}

# The reasons above say when not.
is_permitted if {
	basis
	count(persons) == 1
}

is_permitted if {
	some kind, prefix in {"key": "anonymous/", "series": "anonymous/", "subject": "anonymous.", "pattern": "anonymous."}
	startswith(input.resource[kind], prefix)
}

is_permitted if scans("anonymous")

# What is heard is a message to the capsule's purpose. Whom it is about is looked at when something is done with it.
is_permitted if {
	input.operation == "subscribe"
	basis
	startswith(input.resource.pattern, "person.")
}

is_permitted if {
	basis
	basis != "consent"
	scans("person")
	no_exceptions
}

# Nobody has to be left out.
no_exceptions if count(object.get(data.privacy, "erased", {})) + count(object.get(data.privacy, "restricted", {})) == 0

# A scan that begins below a name and ends before the next one: `0` is what comes after `/`.
scans(name) if {
	startswith(input.resource.start, concat("", [name, "/"]))
	input.resource.end <= concat("", [name, "0"])
}
