package doteros_test

import data.doteros

reviewed := "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

listed := {
	"weather": {
		"digests": [reviewed],
		"may": {
			"subscribe": ["readings.>", "ticks.*"],
			"publish": ["alerts.>"],
			"request": ["prices.*.now"],
			"state.get": ["city/*", "total"],
			"state.put": ["city/*"],
			"state.scan": [{"start": "city/", "end": "city0"}],
			"series.append": ["heat/*"],
			"log": ["warn", "error"],
		},
	},
	"draft": {"may": {"log": ["*"], "state.scan": [{"start": "k"}]}},
}

asked(name, operation, resource) := {
	"capsule": {"name": name, "version": "1.0.0", "digest": reviewed, "labels": {}},
	"operation": operation,
	"resource": resource,
	"context": {"time": 1},
}

may(operation, resource) if {
	doteros.allow with input as asked("weather", operation, resource) with data.capsules as listed
	count(doteros.deny) == 0 with input as asked("weather", operation, resource) with data.capsules as listed
}

may_not(operation, resource) if {
	not doteros.allow with input as asked("weather", operation, resource) with data.capsules as listed
	count(doteros.deny) == 1 with input as asked("weather", operation, resource) with data.capsules as listed
}

test_loads_what_is_listed if may("load", {})

test_subjects if {
	may("publish", {"subject": "alerts.oslo"})
	may("publish", {"subject": "alerts.oslo.heat"})
	may_not("publish", {"subject": "alerts"})
	may_not("publish", {"subject": "other.alerts.oslo"})
	may("request", {"subject": "prices.oslo.now"})
	may_not("request", {"subject": "prices.oslo.old.now"})
	may_not("request", {"subject": "alerts.oslo"})
}

test_subscribes_to_the_very_pattern if {
	may("subscribe", {"pattern": "readings.>"})
	may("subscribe", {"pattern": "ticks.*"})
	may_not("subscribe", {"pattern": "ticks.>"})
	may_not("subscribe", {"pattern": ">"})
}

test_keys if {
	may("state.get", {"key": "city/oslo"})
	may("state.get", {"key": "city/a.b/c"})
	may("state.get", {"key": "total"})
	may("state.put", {"key": "city/oslo"})
	may_not("state.put", {"key": "total"})
	may_not("state.delete", {"key": "city/oslo"})
	may_not("state.get", {"key": "cities"})
}

test_series if {
	may("series.append", {"series": "heat/oslo"})
	may_not("series.append", {"series": "wind/oslo"})
	may_not("series.range", {"series": "heat/oslo"})
}

test_scans_within_a_range if {
	may("state.scan", {"start": "city/", "end": "city0"})
	may("state.scan", {"start": "city/a", "end": "city/b"})
	may_not("state.scan", {"start": "city/", "end": "d"})
	may_not("state.scan", {"start": "", "end": "city0"})
	may_not("state.scan", {"start": "city/"})
}

test_a_range_may_be_open if {
	doteros.allow with input as asked("draft", "state.scan", {"start": "k1"}) with data.capsules as listed
	not doteros.allow with input as asked("draft", "state.scan", {"start": "a"}) with data.capsules as listed
}

test_levels if {
	may("log", {"level": "warn"})
	may_not("log", {"level": "debug"})
	doteros.allow with input as asked("draft", "log", {"level": "debug"}) with data.capsules as listed
}

test_says_why if {
	doteros.deny == {"weather is not listed for state.scan of a to b"} with input as asked("weather", "state.scan", {"start": "a", "end": "b"})
		with data.capsules as listed
}

test_refuses_who_is_not_listed if {
	stranger := asked("stranger", "load", {})
	not doteros.allow with input as stranger with data.capsules as listed
	doteros.deny == {"no capsule stranger is listed"} with input as stranger with data.capsules as listed
}

test_refuses_another_component if {
	other := json.patch(asked("weather", "load", {}), [{"op": "replace", "path": "/capsule/digest", "value": "00"}])
	not doteros.allow with input as other with data.capsules as listed
	doteros.deny == {"weather is not the component that was listed"} with input as other with data.capsules as listed
}

test_refuses_all_without_data if not doteros.allow with input as asked("weather", "load", {}) with data.capsules as {}
