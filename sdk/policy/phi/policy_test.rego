package doteros_test

import data.doteros

reviewed := "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

phi := {
	"capsules": {
		"triage": {"digests": [reviewed], "fields": ["vitals", "complaint"]},
		"record": {"digests": [reviewed], "fields": ["*"], "logs": true},
		"research": {"digests": [reviewed], "fields": ["vitals"], "deidentifies": true},
		"unreviewed": {"fields": ["*"]},
	},
	"emergencies": {"triage": {"until": "2026-03-01T12:00:00Z", "why": "the record is down"}},
}

after_the_emergency := time.parse_rfc3339_ns("2026-03-01T12:00:00Z")

in_the_emergency := after_the_emergency - 1

asked(name, operation, resource, at) := {
	"capsule": {"name": name, "version": "1.0.0", "digest": reviewed, "labels": {}},
	"operation": operation,
	"resource": resource,
	"context": {"time": at},
}

decided(name, operation, resource, at) := decision if {
	decision := {"allow": doteros.allow, "deny": doteros.deny} with input as asked(name, operation, resource, at) with data.phi as phi
}

may(name, operation, resource) if {
	decided(name, operation, resource, after_the_emergency) == {"allow": true, "deny": set()}
}

may_not(name, operation, resource) if decided(name, operation, resource, after_the_emergency).allow == false

because(name, operation, resource, reason) if {
	decided(name, operation, resource, after_the_emergency) == {"allow": false, "deny": {reason}}
}

# The reason is enough: what is denied is denied, whatever allow says.
holds(operation, resource, what) if {
	decision := decided("record", operation, resource, after_the_emergency)
	decision.deny == {sprintf("the name of what is asked for holds %s", [what])}
}

test_who_is_listed_and_reviewed if {
	may("triage", "load", {})
	because("stranger", "load", {}, "the capsule stranger is not listed for health data")
	because("unreviewed", "load", {}, "unreviewed is not the component that was reviewed")
}

test_another_component_of_that_name if {
	other := json.patch(asked("triage", "load", {}, 1), [{"op": "replace", "path": "/capsule/digest", "value": "00"}])
	decision := {"allow": doteros.allow, "deny": doteros.deny} with input as other with data.phi as phi
	decision == {"allow": false, "deny": {"triage is not the component that was reviewed"}}
}

test_minimum_necessary if {
	may("triage", "state.get", {"key": "patient/p17/vitals"})
	may("triage", "state.put", {"key": "patient/p17/vitals/pulse"})
	may("triage", "series.append", {"series": "patient/p17/vitals"})
	because("triage", "state.get", {"key": "patient/p17/hiv"}, `triage is not listed for the field "hiv"`)
	because("triage", "series.range", {"series": "patient/p17/sleep"}, `triage is not listed for the field "sleep"`)
	because("triage", "state.delete", {"key": "patient/p17/vitals-old"}, `triage is not listed for the field "vitals-old"`)
	may("record", "state.get", {"key": "patient/p17/hiv"})
}

test_messages_with_health_data if {
	may("triage", "subscribe", {"pattern": "phi.vitals.>"})
	may("triage", "publish", {"subject": "phi.complaint.new"})
	may("triage", "request", {"subject": "phi.vitals.last"})
	because("triage", "subscribe", {"pattern": "phi.*.new"}, `triage is not listed for the field "*"`)
	because("triage", "subscribe", {"pattern": "phi.>"}, `triage is not listed for the field ">"`)
	because("triage", "publish", {"subject": "phi.hiv.new"}, `triage is not listed for the field "hiv"`)
	may("record", "subscribe", {"pattern": "phi.>"})
}

test_what_leaves_is_deidentified if {
	may("research", "publish", {"subject": "deidentified.vitals"})
	because("triage", "publish", {"subject": "deidentified.vitals"}, "triage is not listed to publish deidentified.vitals")
	because("research", "publish", {"subject": "partners.vitals"}, "research is not listed to publish partners.vitals")
	because("record", "request", {"subject": "partners.lookup"}, "record is not listed to publish partners.lookup")
	may("triage", "subscribe", {"pattern": "deidentified.>"})
	may_not("triage", "subscribe", {"pattern": ">"})
}

test_scans if {
	may("triage", "state.scan", {"start": "patient/p17/vitals/", "end": "patient/p17/vitals0"})
	may("record", "state.scan", {"start": "patient/p17/", "end": "patient/p170"})
	may("triage", "state.scan", {"start": "work/", "end": "work0"})
	may_not("triage", "state.scan", {"start": "patient/p17/vitals/", "end": "patient/p170"})
	may_not("triage", "state.scan", {"start": "patient/p17/", "end": "patient/p170"})
	may_not("triage", "state.scan", {"start": "patient/p17/vitals/"})
	may_not("record", "state.scan", {"start": "patient/p17/", "end": "patient0"})
	may_not("record", "state.scan", {"start": "patient//", "end": "patient/0"})
	may_not("record", "state.scan", {"start": "", "end": "z"})
}

test_work_of_its_own if {
	may("triage", "state.put", {"key": "work/queue"})
	may("triage", "series.append", {"series": "work/load"})
	may_not("triage", "state.put", {"key": "queue"})
	may_not("triage", "state.put", {"key": "patient/p17"})
}

test_emergency_access if {
	reads := {"state.get": {"key": "patient/p17/hiv"}, "series.range": {"series": "patient/p17/sleep"}}
	every operation, resource in reads {
		decided("triage", operation, resource, in_the_emergency).allow == true
		decided("triage", operation, resource, after_the_emergency).allow == false
		decided("research", operation, resource, in_the_emergency).allow == false
	}
	decided("triage", "state.put", {"key": "patient/p17/hiv"}, in_the_emergency).allow == false
	decided("triage", "state.get", {"key": "other"}, in_the_emergency).allow == false
}

test_no_identifiers_in_names if {
	holds("state.put", {"key": "patient/123-45-6789/vitals"}, "a social security number")
	holds("publish", {"subject": "phi.vitals.bob@example.org"}, "an e-mail address")
	holds("series.append", {"series": "patient/(555) 123-4567/sleep"}, "a telephone number")
	may("record", "state.put", {"key": "patient/1123-45-67890/vitals"})
}

test_nothing_in_logs if {
	because("triage", "log", {"level": "info"}, "triage is not listed to write logs")
	may("record", "log", {"level": "info"})
}

test_nobody_without_data if not doteros.allow with input as asked("triage", "load", {}, 1) with data.phi as {}
