package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"k8s.io/apimachinery/pkg/runtime"
)

// world is the external system of one case, and remembers what it was asked and what was told.
type world struct {
	Case

	calls  []string
	events []string
}

var errSays = errors.New("it says no")

func (w *world) called(call string) error {
	w.calls = append(w.calls, call)
	if w.Fails == call || w.failing(call) {
		return errSays
	}
	return nil
}

func (w *world) Connect(context.Context, resource.Managed) (managed.ExternalClient, error) {
	return w, w.called("connect")
}

func (w *world) Disconnect(context.Context) error { return nil }

func (w *world) Observe(_ context.Context, mg resource.Managed) (managed.ExternalObservation, error) {
	_ = w.called("observe")
	thing := mg.(*Thing)
	switch w.Seen {
	case "error":
		return managed.ExternalObservation{}, errSays
	case "absent", "absent and same":
		return managed.ExternalObservation{ResourceUpToDate: w.Seen == "absent and same"}, nil
	}
	thing.Status.Seen = "yes"
	if w.Unready {
		thing.SetConditions(xpv2.Creating())
	} else {
		thing.SetConditions(xpv2.Available())
	}
	if w.Fills {
		thing.Spec.Size = "filled"
	}
	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        w.Seen == "same",
		ResourceLateInitialized: w.Fills,
		ConnectionDetails:       managed.ConnectionDetails{"host": []byte("h")},
	}, nil
}

func (w *world) Create(context.Context, resource.Managed) (managed.ExternalCreation, error) {
	err := w.called("create")
	return managed.ExternalCreation{ConnectionDetails: managed.ConnectionDetails{"password": []byte("p")}}, err
}

func (w *world) Update(context.Context, resource.Managed) (managed.ExternalUpdate, error) {
	err := w.called("update")
	return managed.ExternalUpdate{ConnectionDetails: managed.ConnectionDetails{"updated": []byte("u")}}, err
}

func (w *world) Delete(context.Context, resource.Managed) (managed.ExternalDelete, error) {
	return managed.ExternalDelete{}, w.called("delete")
}

// Event makes the world a recorder of events.
func (w *world) Event(_ runtime.Object, e event.Event) {
	w.events = append(w.events, sorted(fmt.Sprintf("%s %s: %s", e.Type, e.Reason, e.Message)))
}

// WithAnnotations is what a recorder has to offer; annotations of events are not compared.
func (w *world) WithAnnotations(...string) event.Recorder { return w }
