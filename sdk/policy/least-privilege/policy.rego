# METADATA
# title: Least privilege
# description: |
#   Each capsule may do what its entry in data.capsules lists, on the resources that are listed, and nothing else. A grant says
#   that a capsule may write state; this says which keys.
package doteros

# METADATA
# title: What is on the list is allowed
# description: Everything else is not, and neither is a capsule that nobody listed.
default allow := false

allow if {
	is_component
	listed
}

# METADATA
# title: Why a capsule is refused as a whole
deny contains sprintf("no capsule %s is listed", [input.capsule.name]) if not data.capsules[input.capsule.name]

# METADATA
# title: A component that nobody looked at
# description: |
#   Name, version and labels are what a manifest says. The digest is the component itself: who changes one byte of it is
#   someone else.
deny contains sprintf("%s is not the component that was listed", [input.capsule.name]) if {
	data.capsules[input.capsule.name]
	not is_component
}

# METADATA
# title: What a capsule is not listed for
deny contains sprintf("%s is not listed for %s of %s", [input.capsule.name, input.operation, resource]) if {
	is_component
	not listed
}

is_component if input.capsule.digest in data.capsules[input.capsule.name].digests

# An entry without digests is for any component of that name: for development.
is_component if {
	entry := data.capsules[input.capsule.name]
	not entry.digests
}

# To be loaded it is enough to be listed.
listed if input.operation == "load"

listed if {
	some pattern in data.capsules[input.capsule.name].may[input.operation]
	matches(pattern)
}

# Subjects as NATS has them: `*` is one word, `>` at the end is one or more.
matches(pattern) if {
	input.operation in {"publish", "request"}
	glob.match(replace(pattern, ">", "?**"), ["."], input.resource.subject)
}

# What is subscribed is itself a pattern: it must be the very one, for `a.*` does not cover `a.>`.
matches(pattern) if {
	input.operation == "subscribe"
	input.resource.pattern == pattern
}

# Keys and series: `*` is anything.
matches(pattern) if {
	input.operation in {"state.get", "state.put", "state.delete"}
	glob.match(pattern, null, input.resource.key)
}

matches(pattern) if {
	input.operation in {"series.append", "series.range"}
	glob.match(pattern, null, input.resource.series)
}

matches(level) if {
	input.operation == "log"
	level in {"*", input.resource.level}
}

# A scan must begin and end within a range. The end is the first key that is not read; a range without one goes to the last key.
matches(keys) if {
	input.operation == "state.scan"
	input.resource.start >= keys.start
	ends_within(keys)
}

ends_within(keys) if not keys.end

ends_within(keys) if input.resource.end <= keys.end

# The resource for the reason: `load` has none.
resource := concat(" to ", [input.resource[field] | some field in ["key", "series", "subject", "pattern", "level", "start", "end"]])
