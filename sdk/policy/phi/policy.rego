# METADATA
# title: Protected health information
# description: |
#   Who may touch health data of patients, and where it may go. Keys and series of a patient are patient/<id>/<field>, subjects
#   that carry health data are phi.<field>.…, and what is de-identified goes to deidentified.…; work/… is what a capsule keeps
#   for itself and is no health data. Everything else is refused.
#
#   Each rule names the part of the HIPAA rules (45 CFR 164) that it is meant to help with. No policy makes anyone compliant.
# related_resources:
#   - ref: https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164
package doteros

# METADATA
# title: Access control
# description: Access only to those that were granted it.
# custom:
#   meant_for: 45 CFR 164.312(a)(1), 164.308(a)(4)
default allow := false

allow if {
	is_component
	permitted
}

# METADATA
# title: Nobody unknown
# custom:
#   meant_for: 45 CFR 164.312(a)(2)(i)
deny contains sprintf("the capsule %s is not listed for health data", [input.capsule.name]) if not capsule

# METADATA
# title: The component that was reviewed
# description: A name is what a manifest says; the digest is the component itself. Here it is never left out.
# custom:
#   meant_for: 45 CFR 164.312(c)(1), 164.312(d)
deny contains sprintf("%s is not the component that was reviewed", [input.capsule.name]) if {
	capsule
	not is_component
}

# METADATA
# title: Minimum necessary
# description: A capsule uses the fields that its work needs. A scan reads all fields it passes.
# custom:
#   meant_for: 45 CFR 164.502(b), 164.514(d)(2)
deny contains sprintf("%s is not listed for the field %q", [input.capsule.name, field]) if {
	is_component
	not permitted
	some field in fields
}

# METADATA
# title: No identifiers in names
# description: |
#   Keys and subjects stand in logs and in the ledger, where health data is not looked for. Patients have ids that say nothing.
# custom:
#   meant_for: 45 CFR 164.514(b)(2)(i), 164.312(e)(1)
deny contains sprintf("the name of what is asked for holds %s", [what]) if {
	some what, pattern in identifiers
	some text in input.resource
	regex.match(pattern, text)
}

# METADATA
# title: What leaves is de-identified
# description: Only a capsule that was reviewed for it publishes outside of what carries health data.
# custom:
#   meant_for: 45 CFR 164.514(a), 164.502(d)
deny contains sprintf("%s is not listed to publish %s", [input.capsule.name, input.resource.subject]) if {
	is_component
	not permitted
	not startswith(input.resource.subject, "phi.")
}

# METADATA
# title: Nothing in logs
# description: Nobody looks into lines of a log, so a capsule writes none unless it was reviewed for that.
# custom:
#   meant_for: 45 CFR 164.502(b)
deny contains sprintf("%s is not listed to write logs", [input.capsule.name]) if {
	is_component
	input.operation == "log"
	not permitted
}

identifiers := {
	"a social security number": `(^|\D)\d{3}-\d{2}-\d{4}(\D|$)`,
	"a telephone number": `(^|\D)\(?\d{3}\)?[- ]\d{3}-\d{4}(\D|$)`,
	"an e-mail address": `[^\s/@]@[^\s/@]+\.[A-Za-z]{2,}`,
}

capsule := data.phi.capsules[input.capsule.name]

is_component if input.capsule.digest in capsule.digests

# The fields that are asked for; a scan asks for those from its start on.
fields contains field if {
	some kind in ["key", "series", "start"]
	["patient", _, field] = array.slice(split(input.resource[kind], "/"), 0, 3)
}

fields contains field if {
	some kind in ["subject", "pattern"]
	["phi", field] = array.slice(split(input.resource[kind], "."), 0, 2)
}

uses(field) if field in capsule.fields

# All fields, those that a pattern stands for included.
uses(_) if "*" in capsule.fields

permitted if input.operation == "load"

permitted if {
	some field in fields
	input.operation != "state.scan"
	uses(field)
}

permitted if {
	some kind in ["key", "series"]
	startswith(input.resource[kind], "work/")
}

permitted if scans("work")

permitted if {
	some field in fields
	uses(field)
	scans(concat("/", [patient, field]))
}

permitted if {
	"*" in capsule.fields
	scans(patient)
}

# METADATA
# title: Emergency access
# description: In an emergency that data names, and until it ends, a capsule reads what it is not listed for. It writes nothing.
# custom:
#   meant_for: 45 CFR 164.312(a)(2)(ii)
permitted if {
	input.operation in {"state.get", "series.range"}
	count(fields) > 0
	input.context.time < time.parse_rfc3339_ns(data.phi.emergencies[input.capsule.name].until)
}

permitted if {
	input.operation == "publish"
	capsule.deidentifies == true
	startswith(input.resource.subject, "deidentified.")
}

permitted if {
	input.operation == "subscribe"
	startswith(input.resource.pattern, "deidentified.")
}

permitted if {
	input.operation == "log"
	capsule.logs == true
}

patient := concat("/", ["patient", id]) if {
	["patient", id] = array.slice(split(input.resource.start, "/"), 0, 2)
	id != ""
}

# A scan that begins below a name and ends before the next one: `0` is what comes after `/`.
scans(name) if {
	startswith(input.resource.start, concat("", [name, "/"]))
	input.resource.end <= concat("", [name, "0"])
}
