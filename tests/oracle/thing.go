package main

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/scheme"
)

// Thing is the managed resource of the cases, the same as the runtime's tests use.
type Thing struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ThingSpec   `json:"spec"`
	Status ThingStatus `json:"status,omitempty"`
}

// ThingSpec is what is desired.
type ThingSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	Size string `json:"size,omitempty"`
}

// ThingStatus is what was observed.
type ThingStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	Seen string `json:"seen,omitempty"`
}

// ThingList is what a scheme asks for beside a kind.
type ThingList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Thing `json:"items"`
}

var thingKind = schema.GroupVersionKind{Group: "test.goldenpath.io", Version: "v1", Kind: "Thing"}

func addToScheme(s *runtime.Scheme) error {
	builder := scheme.Builder{GroupVersion: thingKind.GroupVersion()}
	return builder.Register(&Thing{}, &ThingList{}).AddToScheme(s)
}

func (t *Thing) DeepCopyObject() runtime.Object {
	out := *t
	t.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	t.Spec.ManagedResourceSpec.DeepCopyInto(&out.Spec.ManagedResourceSpec)
	t.Status.ManagedResourceStatus.DeepCopyInto(&out.Status.ManagedResourceStatus)
	return &out
}

func (l *ThingList) DeepCopyObject() runtime.Object {
	out := *l
	out.Items = make([]Thing, len(l.Items))
	for i := range l.Items {
		out.Items[i] = *l.Items[i].DeepCopyObject().(*Thing)
	}
	return &out
}

func (t *Thing) SetConditions(c ...xpv2.Condition) { t.Status.SetConditions(c...) }

func (t *Thing) GetCondition(ct xpv2.ConditionType) xpv2.Condition { return t.Status.GetCondition(ct) }

func (t *Thing) SetLastHandledReconcileAt(token string) { t.Status.SetLastHandledReconcileAt(token) }

func (t *Thing) GetLastHandledReconcileAt() string { return t.Status.GetLastHandledReconcileAt() }

func (t *Thing) SetManagementPolicies(p xpv2.ManagementPolicies) { t.Spec.ManagementPolicies = p }

func (t *Thing) GetManagementPolicies() xpv2.ManagementPolicies { return t.Spec.ManagementPolicies }

func (t *Thing) SetProviderConfigReference(r *xpv2.ProviderConfigReference) {
	t.Spec.ProviderConfigReference = r
}

func (t *Thing) GetProviderConfigReference() *xpv2.ProviderConfigReference {
	return t.Spec.ProviderConfigReference
}

func (t *Thing) SetWriteConnectionSecretToReference(r *xpv2.LocalSecretReference) {
	t.Spec.WriteConnectionSecretToReference = r
}

func (t *Thing) GetWriteConnectionSecretToReference() *xpv2.LocalSecretReference {
	return t.Spec.WriteConnectionSecretToReference
}
