package main

import "slices"

// Case is one situation that a reconcile can find. Its zero value is a live object that was never created, with
// nothing outside and nothing wrong.
type Case struct {
	// Deleted says whether the object is being deleted.
	Deleted bool `json:"deleted,omitempty"`
	// Finalizers is how many the object has: the first is the runtime's own, the second somebody else's.
	Finalizers int `json:"finalizers,omitempty"`
	// Create is how the last Create ended: "" (never begun), "named" (never begun, but the external name is set),
	// "pending", "grace" (succeeded five seconds ago), "succeeded" or "failed".
	Create string `json:"create,omitempty"`
	// Deterministic says whether the kind's external name is known before Create.
	Deterministic bool `json:"deterministic,omitempty"`
	// Seen is what Observe answers: "error", "absent", "absent and same", "same" or "differs".
	Seen string `json:"seen"`
	// Unready says that what is seen cannot be used yet.
	Unready bool `json:"unready,omitempty"`
	// Fills says that Observe fills an unset field of the spec.
	Fills bool `json:"fills,omitempty"`
	// Was is what the conditions say before: "" (nothing), "ready", "deleting" or "paused".
	Was string `json:"was,omitempty"`
	// Paused says whether the annotation pauses the object.
	Paused bool `json:"paused,omitempty"`
	// Requested says whether a reconcile was asked for.
	Requested bool `json:"requested,omitempty"`
	// Secret says whether connection details are asked for: "" (no), "asked", or "foreign" (the Secret is not ours).
	Secret string `json:"secret,omitempty"`
	// Fails is the call that fails: of the external client ("connect", "create", "update", "delete"), or of the API
	// server ("write": every write of the object; "record": those after Create; "status"), with 409 or with 500.
	// "create 500" is a failed Create whose record fails, too.
	Fails string `json:"fails,omitempty"`
}

// situation is a case, and the sets of policies that it is tried with.
type situation struct {
	Case
	policies []string
}

var (
	// The sets of policies that are supported, by initials; the last pauses.
	supported = []string{
		"*", "OCULD", "O", "OCUD", "OCUL", "OCU", "OCDL", "OCL", "OCD", "OC", "OD", "OU", "OL", "OUL", "",
	}
	active      = supported[:len(supported)-1]
	unsupported = []string{"OULD", "OLD", "OUD", "CU", "*O"}

	seen    = []string{"error", "absent", "absent and same", "same", "differs"}
	creates = []string{"", "pending", "grace", "succeeded", "failed"}
)

// situations enumerates the product of all that decides, and smaller products around what fails or is asked for.
func situations() []situation {
	var all []situation
	add := func(c Case, policies []string) { all = append(all, situation{c, policies}) }

	for _, at := range stages(creates...) {
		for _, deterministic := range []bool{false, true} {
			for _, at.Seen = range seen {
				at.Deterministic = deterministic
				add(at, supported)
			}
		}
	}
	for _, at := range stages("", "named", "succeeded") {
		at.Deterministic = true
		for _, at.Seen = range []string{"same", "differs"} {
			unready, fills := at, at
			unready.Unready, fills.Fills = true, true
			add(unready, active)
			add(fills, active)
		}
		for _, at.Seen = range []string{"absent", "same", "differs"} {
			for _, secret := range []string{"asked", "foreign"} {
				asking := at
				asking.Secret = secret
				add(asking, active)
			}
			for _, fails := range []string{
				"write 409", "write 500", "record 409", "record 500", "status 409", "status 500",
				"connect", "create", "create 500", "update", "delete",
			} {
				failing := at
				failing.Fails = fails
				if reaches(failing) {
					add(failing, active)
				}
			}
		}
		at.Seen = "absent"
		for _, at.Was = range []string{"", "ready", "paused"} {
			paused := at
			paused.Paused = true
			add(paused, supported)
		}
		at.Was = ""
		add(at, unsupported)
	}
	for _, at := range stages(creates...) {
		at.Requested = true
		for _, at.Seen = range []string{"error", "absent", "same"} {
			add(at, active)
		}
		if at.Deleted {
			at.Requested, at.Deterministic, at.Was = false, true, "deleting"
			for _, at.Seen = range seen {
				add(at, active)
			}
		}
	}
	return all
}

// stages enumerates where an object stands in its life, for these ends of the last Create.
func stages(creates ...string) []Case {
	var all []Case
	for _, create := range creates {
		was := ""
		if create == "succeeded" || create == "grace" {
			was = "ready"
		}
		for finalizers := range 3 {
			all = append(all, Case{Create: create, Was: was, Finalizers: finalizers})
		}
		// An object without finalizers does not outlive its deletion.
		for finalizers := 1; finalizers < 3; finalizers++ {
			all = append(all, Case{Create: create, Was: was, Finalizers: finalizers, Deleted: true})
		}
	}
	return all
}

// reaches says whether a call that is to fail can come to pass at all.
func reaches(c Case) bool {
	switch c.Fails {
	case "create", "create 500", "record 409", "record 500":
		return !c.Deleted && c.Seen == "absent"
	case "update":
		return !c.Deleted && c.Seen == "differs"
	case "delete":
		return c.Deleted && slices.Contains([]string{"same", "differs"}, c.Seen)
	case "connect":
		return c.Seen == "absent"
	default:
		return true
	}
}
