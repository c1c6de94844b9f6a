# METADATA
# title: Per tenant
# description: |
#   Each capsule works for one tenant. Everything of a tenant begins with tenants.<tenant>. - keys, series and subjects alike - and
#   a capsule touches that of its own tenant only. What all tenants may hear or say is listed in data.shared.
package doteros

# METADATA
# title: Only what is the tenant's own, or shared
default allow := false

allow if {
	is_component
	own
}

# METADATA
# title: A capsule of no tenant
deny contains sprintf("the capsule %s belongs to no tenant", [input.capsule.name]) if count(tenants) == 0

# METADATA
# title: A capsule of two tenants
# description: It would be the way from one to the other.
deny contains sprintf("the capsule %s belongs to more than one tenant: %s", [input.capsule.name, concat(", ", sort(tenants))]) if count(tenants) > 1

# METADATA
# title: A tenant's name that reaches further than one tenant
# description: With a dot in it, it would be the beginning of another tenant's keys.
deny contains sprintf("%q is no name of a tenant", [tenant]) if {
	some tenant in tenants
	not is_name(tenant)
}

# METADATA
# title: A component that nobody looked at
# description: Names are what a manifest says; the digest is the component itself.
deny contains sprintf("%s is not a component of %s", [input.capsule.name, tenant]) if {
	some tenant in tenants
	not is_component
}

# METADATA
# title: Another tenant's
deny contains sprintf("%s of %s is not within %s", [input.operation, resource, tenant]) if {
	some tenant in tenants
	is_name(tenant)
	is_component
	count(tenants) == 1
	not own
}

# Those that the capsule works for: it should be one.
tenants contains tenant if some tenant, _ in entries

entries[tenant] := data.tenants[tenant].capsules[input.capsule.name]

is_name(tenant) if regex.match(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`, tenant)

# An entry is the list of components, by digest. An empty one is for any component of that name: for development.
is_component if {
	some digests in entries
	digests == []
}

is_component if {
	some digests in entries
	input.capsule.digest in digests
}

prefix := concat("", ["tenants.", tenant, "."]) if {
	count(tenants) == 1
	some tenant in tenants
	is_name(tenant)
}

own if {
	prefix
	input.operation in {"load", "log"}
}

own if {
	some field in ["key", "series", "subject", "pattern"]
	startswith(input.resource[field], prefix)
}

# From the first key of the tenant to the last one: `/` is what comes after `.`.
own if {
	startswith(input.resource.start, prefix)
	input.resource.end <= concat("", [trim_suffix(prefix, "."), "/"])
}

own if {
	input.operation == "publish"
	some pattern in data.shared.publish
	glob.match(replace(pattern, ">", "?**"), ["."], input.resource.subject)
}

own if {
	input.operation == "subscribe"
	input.resource.pattern in data.shared.subscribe
}

# The resource for the reason: `load` has none.
resource := concat(" to ", [input.resource[field] | some field in ["key", "series", "subject", "pattern", "level", "start", "end"]])
