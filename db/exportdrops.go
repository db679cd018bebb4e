package db

import (
	"fmt"

	"quittance/db/audit"
)

// Why the file of an export was dropped, or could not be made.
const (
	WhyBatch    = "batch"    // a batch began, or went on: it may remove what stands in the file
	WhyKept     = "kept"     // a hold or a restriction was placed: what it keeps is read by nobody, or used for nothing else
	WhyReplaced = "replaced" // an application replaced or deleted something that may stand in it
	WhyRoom     = "room"     // too little of the disk was free
	WhyLarge    = "large"    // it would have become too large
)

// droppers are the events after which a file with records may hold what is no longer here, or what may no longer be read. There is no such change
// without its entry (law L4), so this is the one place to look from.
var droppers = map[audit.Event]string{
	audit.BatchStarted: WhyBatch, audit.BatchResumed: WhyBatch,
	audit.HoldPlaced: WhyKept, audit.HoldWidened: WhyKept, audit.RestrictionPlaced: WhyKept,
	audit.RecordsRemoved: WhyReplaced,
}

// labellers are events that may bring a record under a hold or a restriction that is there already.
var labellers = map[audit.Event]bool{audit.RecordsLabelled: true, audit.LabelsRepaired: true, audit.RepairUndone: true, audit.AliasConfirmed: true, audit.AliasUndone: true}

// dropAfter drops the files that an event overtakes. An erased record must not lie on in an export (law L3), and a restricted one not be read
// there (Art. 18(2)).
func (t *tx) dropAfter(event audit.Event) error {
	why := droppers[event]
	if labellers[event] {
		k, err := t.anyKept()
		if err != nil {
			return err
		}
		if k.held {
			why = WhyKept
		}
	}
	if why == "" {
		return nil
	}
	return t.dropFiles(why)
}

// personal are the exports in which records stand, though masked.
const personal = "export IN (SELECT number FROM export WHERE what IN ('" + ExportImprovement + "', '" + ExportRecords + "'))"

func (t *tx) dropFiles(why string) error {
	gone, err := scanned[int64](t.rows("SELECT export FROM export_job WHERE state IN ('making', 'ready') AND "+personal+" AND (? <> '"+WhyReplaced+"' OR export IN (SELECT number FROM export WHERE what = '"+ExportRecords+"'))", why))
	if err != nil {
		return fmt.Errorf("looking for files of exports: %w", err)
	}
	for _, number := range gone {
		if err := t.endJob(number, ExportDropped, why); err != nil {
			return err
		}
	}
	return nil
}
