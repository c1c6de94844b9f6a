package doteros_test

import data.doteros

digest := "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

tenants := {
	"acme": {"capsules": {"meter": [digest], "draft": [], "both": []}},
	"globex": {"capsules": {"both": []}},
	"a.b": {"capsules": {"dotted": []}},
}

shared := {"publish": ["metrics.*"], "subscribe": ["clock.>"]}

asked(name, operation, resource) := {
	"capsule": {"name": name, "version": "1.0.0", "digest": digest, "labels": {"tenant": "globex"}},
	"operation": operation,
	"resource": resource,
	"context": {"time": 1},
}

decided(name, operation, resource) := decision if {
	decision := {"allow": doteros.allow, "deny": doteros.deny} with input as asked(name, operation, resource)
		with data.tenants as tenants
		with data.shared as shared
}

may(operation, resource) if decided("meter", operation, resource) == {"allow": true, "deny": set()}

may_not(operation, resource) if {
	decision := decided("meter", operation, resource)
	decision.allow == false
	some reason in decision.deny
	regex.match(sprintf(`^%s of .* is not within acme$`, [operation]), reason)
}

test_loads_and_logs if {
	may("load", {})
	may("log", {"level": "info"})
}

test_keys_and_series_of_its_own if {
	may("state.put", {"key": "tenants.acme.total"})
	may("series.append", {"series": "tenants.acme.power"})
	may_not("state.get", {"key": "tenants.globex.total"})
	may_not("state.get", {"key": "tenants.acme2.total"})
	may_not("state.put", {"key": "total"})
	may_not("series.range", {"series": "tenants.globex.power"})
}

test_subjects_of_its_own if {
	may("publish", {"subject": "tenants.acme.alerts"})
	may("request", {"subject": "tenants.acme.prices"})
	may("subscribe", {"pattern": "tenants.acme.>"})
	may_not("publish", {"subject": "tenants.globex.alerts"})
	may_not("request", {"subject": "prices"})
	may_not("subscribe", {"pattern": "tenants.*.alerts"})
	may_not("subscribe", {"pattern": "tenants.>"})
}

test_scans_its_own if {
	may("state.scan", {"start": "tenants.acme.", "end": "tenants.acme/"})
	may("state.scan", {"start": "tenants.acme.a", "end": "tenants.acme.b"})
	may_not("state.scan", {"start": "", "end": "tenants.acme/"})
	may_not("state.scan", {"start": "tenants.acme.", "end": "tenants.b"})
	may_not("state.scan", {"start": "tenants.acme."})
}

test_what_is_shared if {
	may("publish", {"subject": "metrics.meter"})
	may("subscribe", {"pattern": "clock.>"})
	may_not("publish", {"subject": "metrics.meter.deep"})
	may_not("publish", {"subject": "clock.now"})
	may_not("subscribe", {"pattern": "metrics.*"})
}

test_says_why if {
	decision := decided("meter", "state.scan", {"start": "a", "end": "b"})
	decision.deny == {"state.scan of a to b is not within acme"}
}

test_labels_do_not_say_who_someone_is if may_not("state.get", {"key": "tenants.globex.a"})

test_any_component_in_development if decided("draft", "load", {}).allow

test_another_component if {
	other := json.patch(asked("meter", "load", {}), [{"op": "replace", "path": "/capsule/digest", "value": "00"}])
	decision := {"allow": doteros.allow, "deny": doteros.deny} with input as other with data.tenants as tenants with data.shared as shared
	decision == {"allow": false, "deny": {"meter is not a component of acme"}}
}

test_no_tenant if decided("stranger", "load", {}) == {"allow": false, "deny": {"the capsule stranger belongs to no tenant"}}

test_two_tenants if {
	decision := decided("both", "load", {})
	decision == {"allow": false, "deny": {"the capsule both belongs to more than one tenant: acme, globex"}}
}

test_a_name_with_a_dot if decided("dotted", "load", {}) == {"allow": false, "deny": {"\"a.b\" is no name of a tenant"}}

test_nobody_without_data if {
	not doteros.allow with input as asked("meter", "load", {}) with data.tenants as {} with data.shared as {}
}
