package doteros_test

import data.doteros

digest := "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

privacy := {
	"capsules": {
		"newsletter": {"digests": [digest], "purpose": "marketing"},
		"billing": {"digests": [digest], "purpose": "invoices"},
		"lawyer": {"digests": [digest], "purpose": "claims"},
		"vague": {"digests": [digest], "purpose": "whatever"},
	},
	"purposes": {
		"marketing": {"basis": "consent"},
		"invoices": {"basis": "contract"},
		"claims": {"basis": "legal-claims"},
	},
	"consents": {
		"p1": {"marketing": [{"given": "2026-01-01T00:00:00Z", "withdrawn": "2026-03-01T00:00:00Z"}, {"given": "2026-06-01T00:00:00Z"}]},
		"p3": {"marketing": [{"given": "2026-01-01T00:00:00Z"}]},
		"p5": {"marketing": [{"given": "2026-01-01T00:00:00Z"}]},
	},
	"erased": {"p3": "2026-02-01T00:00:00Z"},
	"restricted": {"p4": "2026-02-01T00:00:00Z", "p5": "2026-02-01T00:00:00Z"},
}

asked(name, operation, resource, at) := {
	"capsule": {"name": name, "version": "1.0.0", "digest": digest, "labels": {}},
	"operation": operation,
	"resource": resource,
	"context": {"time": time.parse_rfc3339_ns(at)},
}

decided(name, operation, resource, at) := decision if {
	decision := {"allow": doteros.allow, "deny": doteros.deny} with input as asked(name, operation, resource, at) with data.privacy as privacy
}

is_allowed(decision) if decision == {"allow": true, "deny": set()}

in_february := "2026-02-10T00:00:00Z"

may(name, operation, resource) if is_allowed(decided(name, operation, resource, in_february))

because(name, operation, resource, reason) if reason in decided(name, operation, resource, in_february).deny

may_not(name, operation, resource) if decided(name, operation, resource, in_february).allow == false

test_purpose if {
	may("newsletter", "load", {})
	may("newsletter", "log", {"level": "info"})
	because("stranger", "load", {}, "the capsule stranger has no purpose")
	may_not("stranger", "load", {})
	may_not("vague", "state.get", {"key": "person/p1/mail"})
}

test_another_component if {
	other := json.patch(asked("billing", "load", {}, in_february), [{"op": "replace", "path": "/capsule/digest", "value": "00"}])
	reasons := doteros.deny with input as other with data.privacy as privacy
	reasons == {"billing is not the component that was looked at"}
	not doteros.allow with input as other with data.privacy as privacy
}

test_consent_is_needed_where_the_purpose_rests_on_it if {
	may("newsletter", "state.get", {"key": "person/p1/mail"})
	may("newsletter", "series.append", {"series": "person/p1/opened"})
	may("newsletter", "publish", {"subject": "person.p1.mailed"})
	because("newsletter", "state.get", {"key": "person/p2/mail"}, "p2 has not consented to marketing")
	because("newsletter", "publish", {"subject": "person.p2.mailed"}, "p2 has not consented to marketing")
	may("newsletter", "state.delete", {"key": "person/p2/mail"})
	may("billing", "state.get", {"key": "person/p2/address"})
}

test_consent_is_given_withdrawn_and_given_again if {
	mail := {"key": "person/p1/mail"}
	not is_allowed(decided("newsletter", "state.get", mail, "2025-12-31T23:59:59Z"))
	is_allowed(decided("newsletter", "state.get", mail, "2026-01-01T00:00:00Z"))
	not is_allowed(decided("newsletter", "state.get", mail, "2026-03-01T00:00:00Z"))
	is_allowed(decided("newsletter", "state.get", mail, "2026-06-01T00:00:00Z"))
}

test_erased if {
	is_allowed(decided("newsletter", "state.get", {"key": "person/p3/mail"}, "2026-01-31T00:00:00Z"))
	because("newsletter", "state.get", {"key": "person/p3/mail"}, "p3 was erased")
	because("billing", "state.put", {"key": "person/p3/address"}, "p3 was erased")
	because("billing", "publish", {"subject": "person.p3.billed"}, "p3 was erased")
	may("billing", "state.delete", {"key": "person/p3/address"})
}

test_restricted if {
	is_allowed(decided("billing", "state.get", {"key": "person/p4/address"}, "2026-01-31T00:00:00Z"))
	because("billing", "state.get", {"key": "person/p4/address"}, "the use of what is about p4 is restricted")
	because("billing", "state.delete", {"key": "person/p4/address"}, "the use of what is about p4 is restricted")
	may("lawyer", "state.get", {"key": "person/p4/address"})
	may("newsletter", "state.get", {"key": "person/p5/mail"})
	because("billing", "state.get", {"key": "person/p5/address"}, "the use of what is about p5 is restricted")
}

test_scans_of_one_person if {
	may("newsletter", "state.scan", {"start": "person/p1/", "end": "person/p10"})
	because("newsletter", "state.scan", {"start": "person/p2/", "end": "person/p20"}, "p2 has not consented to marketing")
	because("newsletter", "state.scan", {"start": "person/p1/", "end": "person0"}, "marketing is asked for one person at a time")
	may_not("newsletter", "state.scan", {"start": "person/p1/", "end": "person0"})
	may_not("newsletter", "state.scan", {"start": "person/p1/"})
	may_not("newsletter", "state.scan", {"start": ""})
}

test_scans_of_all if {
	all := {"start": "person/", "end": "person0"}
	may_not("newsletter", "state.scan", all)
	because("billing", "state.scan", all, "invoices is asked for one person at a time")
	nobody := object.remove(privacy, ["erased", "restricted"])
	doteros.allow with input as asked("billing", "state.scan", all, in_february) with data.privacy as nobody
	not doteros.allow with input as asked("newsletter", "state.scan", all, in_february) with data.privacy as nobody
}

test_what_is_not_about_a_person if {
	may("newsletter", "state.put", {"key": "anonymous/sent"})
	may("newsletter", "series.append", {"series": "anonymous/sent"})
	may("newsletter", "publish", {"subject": "anonymous.sent"})
	may("newsletter", "subscribe", {"pattern": "anonymous.>"})
	may("newsletter", "state.scan", {"start": "anonymous/", "end": "anonymous0"})
	may_not("newsletter", "state.put", {"key": "sent"})
	may_not("newsletter", "publish", {"subject": "sent"})
	may_not("newsletter", "request", {"subject": "persons.p1"})
}

test_hears_what_it_is_for if {
	may("newsletter", "subscribe", {"pattern": "person.*.joined"})
	may_not("vague", "subscribe", {"pattern": "person.*.joined"})
	may_not("newsletter", "subscribe", {"pattern": ">"})
}

test_no_names_that_tell_who_it_is if {
	because("billing", "state.put", {"key": "person/bob@example.org/address"}, "the name of what is asked for holds an e-mail address")
	because("billing", "publish", {"subject": "anonymous.bob@example.org"}, "the name of what is asked for holds an e-mail address")
}

test_nobody_without_data if not doteros.allow with input as asked("billing", "load", {}, in_february) with data.privacy as {}
