package doteros_test

import data.doteros

released := "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

cardholders := {"capsules": {
	"safe": {"digests": [released], "role": "vault"},
	"gateway": {"digests": [released], "role": "authorizer", "logs": true},
	"shop": {"digests": [released], "role": "merchant"},
	"odd": {"digests": [released], "role": "unheard"},
}}

asked(name, operation, resource) := {
	"capsule": {"name": name, "version": "1.0.0", "digest": released, "labels": {"role": "vault"}},
	"operation": operation,
	"resource": resource,
	"context": {"time": 1},
}

decided(name, operation, resource) := decision if {
	decision := {"allow": doteros.allow, "deny": doteros.deny} with input as asked(name, operation, resource)
		with data.cardholders as cardholders
}

may(name, operation, resource) if decided(name, operation, resource) == {"allow": true, "deny": set()}

because(name, operation, resource, reason) if decided(name, operation, resource) == {"allow": false, "deny": {reason}}

no_need(name, operation, resource) if {
	decision := decided(name, operation, resource)
	decision.allow == false
	some reason in decision.deny
	startswith(reason, "the role ")
}

test_who_is_in_scope_and_released if {
	may("shop", "load", {})
	because("stranger", "load", {}, "the capsule stranger is not in scope for cardholder data")
	other := json.patch(asked("shop", "load", {}), [{"op": "replace", "path": "/capsule/digest", "value": "00"}])
	reasons := doteros.deny with input as other with data.cardholders as cardholders
	reasons == {"shop is not the component that was released"}
	not doteros.allow with input as other with data.cardholders as cardholders
}

test_card_numbers_are_in_the_vault if {
	may("safe", "state.put", {"key": "pan/t-81"})
	may("safe", "state.scan", {"start": "pan/", "end": "pan0"})
	because("shop", "state.get", {"key": "pan/t-81"}, "the role merchant has no need for state.get of pan/t-81")
	no_need("gateway", "state.get", {"key": "pan/t-81"})
	no_need("safe", "series.append", {"series": "pan/t-81"})
	because("safe", "state.scan", {"start": "pan/", "end": "z"}, "the role vault has no need for state.scan of pan/ to z")
	no_need("safe", "state.scan", {"start": "pan/"})
}

test_work_of_its_own if {
	may("shop", "state.put", {"key": "work/basket"})
	may("shop", "series.append", {"series": "work/sales"})
	may("shop", "state.scan", {"start": "work/a", "end": "work/b"})
	no_need("shop", "state.put", {"key": "basket"})
	no_need("shop", "state.scan", {"start": "", "end": "work0"})
}

test_messages if {
	may("gateway", "request", {"subject": "cde.bank.authorize"})
	may("gateway", "publish", {"subject": "cde.sad.authorize"})
	may("safe", "subscribe", {"pattern": "cde.pan.>"})
	may("shop", "request", {"subject": "tokens.make"})
	no_need("shop", "subscribe", {"pattern": "cde.>"})
	no_need("shop", "publish", {"subject": "cde.pan.new"})
	no_need("safe", "subscribe", {"pattern": ">"})
	no_need("gateway", "publish", {"subject": "partners.report"})
}

test_sensitive_authentication_data_is_not_kept if {
	every name in ["safe", "gateway", "shop"] {
		because(name, "state.put", {"key": "sad/t-81"}, "sensitive authentication data is not kept")
		because(name, "series.append", {"series": "sad/t-81"}, "sensitive authentication data is not kept")
	}
	may("gateway", "state.delete", {"key": "sad/t-81"})
	decided("gateway", "state.get", {"key": "sad/t-81"}).allow == false
	decided("safe", "subscribe", {"pattern": "cde.sad.>"}).allow == false
}

test_no_card_numbers_in_names if {
	every text in ["4111111111111111", "pan-5500005555555559-x", "3782 822463 10005", "6011-1111-1111-1117", "4222222222222"] {
		named := sprintf("work/%s", [text])
		decided("shop", "state.put", {"key": named}).deny == {"the name of what is asked for holds a card number"}
	}
	decided("shop", "publish", {"subject": "tokens.4111111111111111"}).deny == {"the name of what is asked for holds a card number"}
	every text in ["4111111111111112", "411111111111", "41111111111111111111111111111111", "1767225600000000003", "t-81", "2026-01-01T00:00:00Z"] {
		may("shop", "state.put", {"key": sprintf("work/%s", [text])})
	}
}

test_nothing_in_logs if {
	because("safe", "log", {"level": "info"}, "safe is not listed to write logs")
	may("gateway", "log", {"level": "info"})
}

test_a_role_that_is_not_known if no_need("odd", "state.get", {"key": "work/a"})

test_labels_give_no_role if no_need("shop", "state.get", {"key": "pan/t-81"})

test_nobody_without_data if not doteros.allow with input as asked("shop", "load", {}) with data.cardholders as {}
