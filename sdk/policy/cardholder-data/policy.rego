# METADATA
# title: Cardholder data
# description: |
#   Who may touch card numbers (PAN), and what is never kept. Keys and series with a card number in their value are pan/…, subjects
#   that carry one are cde.…; sensitive authentication data - full track, verification code, PIN - is sad/… and cde.sad.…; what
#   stands for a card number is tokens.…, and work/… is what a capsule keeps for itself. Everything else is refused.
#
#   Each rule names the requirement of PCI DSS 4.0.1 that it is meant to help with. No policy makes anyone compliant.
# related_resources:
#   - ref: https://www.pcisecuritystandards.org/document_library/
package doteros

# METADATA
# title: Deny all by default
# custom:
#   meant_for: Requirement 7.3.3
default allow := false

allow if {
	is_component
	permitted
}

# METADATA
# title: Only capsules in scope
# custom:
#   meant_for: Requirements 7.2.1, 7.2.5, 12.5.2
deny contains sprintf("the capsule %s is not in scope for cardholder data", [input.capsule.name]) if not capsule

# METADATA
# title: The component that was reviewed and released
# description: A name is what a manifest says; the digest is the component itself. Another byte is another component.
# custom:
#   meant_for: Requirements 6.2.3, 6.5.1, 11.5.2
deny contains sprintf("%s is not the component that was released", [input.capsule.name]) if {
	capsule
	not is_component
}

# METADATA
# title: A role that does not need it
# custom:
#   meant_for: Requirements 7.2.2, 7.2.5
deny contains sprintf("the role %s has no need for %s of %s", [capsule.role, input.operation, resource]) if {
	is_component
	not permitted
	not is_sensitive
	input.operation != "log"
}

# METADATA
# title: Sensitive authentication data is not kept
# description: Not even encrypted, and by nobody. It may be passed on while a payment is authorized.
# custom:
#   meant_for: Requirement 3.3.1
deny contains "sensitive authentication data is not kept" if {
	is_sensitive
	input.operation in {"state.put", "series.append"}
}

# METADATA
# title: No card numbers in names
# description: |
#   Keys, series and subjects stand in logs and in the ledger, where a card number would be kept in clear text. A number of 13 to 19
#   digits that begins as those of cards do and has the right check digit is taken for one.
# custom:
#   meant_for: Requirements 3.5.1, 4.2.1
deny contains "the name of what is asked for holds a card number" if {
	some text in input.resource
	some digits in regex.find_n(`\d+`, regex.replace(text, `(\d)[ -](\d)`, "$1$2"), -1)
	regex.match(`^[2-6]\d{12,18}$`, digits)
	has_check_digit(digits)
}

# METADATA
# title: Nothing in logs
# description: Nobody looks into lines of a log, so a capsule writes none unless it was reviewed for that.
# custom:
#   meant_for: Requirement 3.5.1
deny contains sprintf("%s is not listed to write logs", [input.capsule.name]) if {
	is_component
	input.operation == "log"
	not permitted
}

# What each role may do, by where it is done. The areas are the beginnings of names.
roles := {
	# Keeps card numbers, which it made unreadable, and gives tokens for them.
	"vault": {
		"pan/": {"state.get", "state.put", "state.delete", "state.scan"},
		"work/": {"state.get", "state.put", "state.delete", "state.scan", "series.append", "series.range"},
		"cde.pan.": {"subscribe", "publish"},
		"tokens.": {"subscribe", "publish"},
	},
	# Has payments authorized: passes on what it must not keep.
	"authorizer": {
		"sad/": {"state.delete"},
		"work/": {"state.get", "state.put", "state.delete", "state.scan", "series.append", "series.range"},
		"cde.": {"subscribe", "publish", "request"},
		"tokens.": {"subscribe", "publish", "request"},
	},
	# Works with tokens only: keep everything that can here, so that it is not in scope.
	"merchant": {
		"work/": {"state.get", "state.put", "state.delete", "state.scan", "series.append", "series.range"},
		"tokens.": {"subscribe", "publish", "request"},
	},
}

capsule := data.cardholders.capsules[input.capsule.name]

is_component if input.capsule.digest in capsule.digests

is_sensitive if {
	some text in input.resource
	some area in ["sad/", "cde.sad."]
	startswith(text, area)
}

permitted if input.operation == "load"

permitted if {
	some area, operations in roles[capsule.role]
	input.operation in operations
	within(area)
}

permitted if {
	input.operation == "log"
	capsule.logs == true
}

within(area) if {
	some kind in ["key", "series", "subject", "pattern"]
	startswith(input.resource[kind], area)
}

# A scan that begins in an area and ends before the next one: `0` is what comes after `/`.
within(area) if {
	startswith(input.resource.start, area)
	input.resource.end <= concat("", [trim_suffix(area, "/"), "0"])
}

# The check digit of Luhn: from the right, every second digit doubled, and the digits of all that add up to tens.
has_check_digit(digits) if {
	last := count(digits) - 1
	total := sum([value |
		some at in numbers.range(0, last)
		value := worth(to_number(substring(digits, last - at, 1)), at % 2)
	])
	total % 10 == 0
}

worth(digit, 0) := digit

worth(digit, 1) := (digit * 2) - (9 * floor(digit / 5))

# The resource for the reason: `load` has none.
resource := concat(" to ", [input.resource[field] | some field in ["key", "series", "subject", "pattern", "start", "end"]])
