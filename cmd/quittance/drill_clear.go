package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"quittance/db/audit"
	"quittance/db/label"
)

// clear erases what a drill left that was cut off.
func (p *play) clear(ctx context.Context) error {
	if err := p.clearCollections(ctx); err != nil {
		return err
	}
	left, err := p.store.DrillLeftovers(ctx)
	if err != nil || len(left) == 0 {
		return err
	}
	for _, l := range left {
		id, err := label.Parse(l.Kind, l.ID)
		if err == nil {
			_, err = p.store.AcceptErasure(ctx, audit.System, l.Service, id)
		}
		if err != nil {
			return err
		}
	}
	return p.carryOut(ctx)
}

// clearCollections deletes what collections are left: one that was cut off before it was given an ID cannot be erased by one.
func (p *play) clearCollections(ctx context.Context) error {
	raw, err := p.succeed(ctx, label.VisualRecognition, http.MethodGet, "/v4/collections"+drillPictures, "", "", nil)
	if err != nil {
		return err
	}
	var left struct {
		All []struct {
			ID string `json:"collection_id"`
		} `json:"collections"`
	}
	if err := json.Unmarshal(raw, &left); err != nil {
		return fmt.Errorf("reading what collections are left: %w", err)
	}
	for _, v := range left.All {
		if _, err := p.succeed(ctx, label.VisualRecognition, http.MethodDelete, "/v4/collections/"+v.ID+drillPictures, "", "", nil); err != nil {
			return err
		}
	}
	return nil
}
