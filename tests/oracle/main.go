// Command oracle says what Crossplane's managed reconciler does, case by case.
//
// It drives the reconciler of crossplane-runtime with an API server and an external client that exist in memory, and
// writes one line a case: the case, and what came of it for each set of management policies. The runtime in
// provider/runtime replays every line.
package main

import (
	"encoding/json"
	"os"
	"reflect"
)

// Vector is a case, and its outcomes by policies.
type Vector struct {
	Case     Case    `json:"case"`
	Outcomes []Group `json:"outcomes"`
}

// Group is an outcome and the sets of policies that lead to it, by initials.
type Group struct {
	Policies []string `json:"policies"`
	Outcome
}

func main() {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for _, s := range situations() {
		v := Vector{Case: s.Case}
		for _, policies := range s.policies {
			v.add(policies, run(s.Case, policies))
		}
		must(encoder.Encode(v))
	}
}

func (v *Vector) add(policies string, outcome Outcome) {
	for i := range v.Outcomes {
		if reflect.DeepEqual(v.Outcomes[i].Outcome, outcome) {
			v.Outcomes[i].Policies = append(v.Outcomes[i].Policies, policies)
			return
		}
	}
	v.Outcomes = append(v.Outcomes, Group{Policies: []string{policies}, Outcome: outcome})
}
