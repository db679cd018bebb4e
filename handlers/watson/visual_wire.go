package watson

import "github.com/go-json-experiment/json/jsontext"

// The bodies of Visual Recognition, for either side of the wire (watson-api.md, section 4).

// Classifier is a classifier of v3. A short one in a list has no more than its ID, name and status.
type Classifier struct {
	ClassifierID  string         `json:"classifier_id"`
	Name          string         `json:"name"`
	Status        string         `json:"status,omitempty"` // ready, training, retraining, failed
	CoreMLEnabled bool           `json:"core_ml_enabled,omitzero"`
	Explanation   string         `json:"explanation,omitempty"`
	Created       string         `json:"created,omitempty"`
	Classes       []Class        `json:"classes,omitzero"`
	Retrained     string         `json:"retrained,omitempty"`
	Updated       string         `json:"updated,omitempty"`
	Unknown       jsontext.Value `json:",unknown"`
}

// Class is what a classifier tells apart.
type Class struct {
	Class string `json:"class"`
}

// ClassifierList is the answer to a listing.
type ClassifierList struct {
	Classifiers []Classifier `json:"classifiers"`
}

// CollectionRequest is what creates or changes a collection of v4; what is nil stays as it is.
type CollectionRequest struct {
	Name        *string        `json:"name,omitzero"`
	Description *string        `json:"description,omitzero"`
	Unknown     jsontext.Value `json:",unknown"`
}

// Collection is a collection of v4.
type Collection struct {
	CollectionID   string         `json:"collection_id"`
	Name           string         `json:"name"`
	Description    string         `json:"description"`
	Created        string         `json:"created"`
	Updated        string         `json:"updated"`
	ImageCount     int64          `json:"image_count"`
	TrainingStatus TrainingStatus `json:"training_status"`
	Unknown        jsontext.Value `json:",unknown"`
}

// TrainingStatus says how far a collection is trained.
type TrainingStatus struct {
	Objects ObjectTraining `json:"objects"`
}

// ObjectTraining is the status of training for objects, the only one there is.
type ObjectTraining struct {
	Ready        bool   `json:"ready"`
	InProgress   bool   `json:"in_progress"`
	DataChanged  bool   `json:"data_changed"`
	LatestFailed bool   `json:"latest_failed"`
	RSCNNReady   bool   `json:"rscnn_ready"`
	Description  string `json:"description"`
}

// CollectionList is the answer to a listing.
type CollectionList struct {
	Collections []Collection `json:"collections"`
}

// ImageDetails is an image of a collection, or why it is none.
type ImageDetails struct {
	ImageID      string           `json:"image_id,omitempty"`
	Updated      string           `json:"updated,omitempty"`
	Created      string           `json:"created,omitempty"`
	Source       ImageSource      `json:"source"`
	Dimensions   *ImageDimensions `json:"dimensions,omitzero"`
	Errors       []visualError    `json:"errors,omitempty"`
	TrainingData *TrainingData    `json:"training_data,omitzero"`
}

// ImageSource is where an image came from.
type ImageSource struct {
	Type            string `json:"type"` // "file" or "url"
	Filename        string `json:"filename,omitempty"`
	ArchiveFilename string `json:"archive_filename,omitempty"`
}

// ImageDimensions are in pixels.
type ImageDimensions struct {
	Height int `json:"height"`
	Width  int `json:"width"`
}

// ImageDetailsList is the answer to added images.
type ImageDetailsList struct {
	Images []ImageDetails `json:"images"`
	Trace  string         `json:"trace,omitempty"`
}

// ImageSummary is an image in a list.
type ImageSummary struct {
	ImageID string `json:"image_id"`
	Updated string `json:"updated"`
}

// ImageSummaryList is the answer to a listing.
type ImageSummaryList struct {
	Images []ImageSummary `json:"images"`
}

// TrainingData says what is to be seen where on an image.
type TrainingData struct {
	Objects []TrainingObject `json:"objects"`
}

// TrainingObject is one thing to be seen.
type TrainingObject struct {
	Object   string   `json:"object"`
	Location Location `json:"location"`
}

// Location is a rectangle, in pixels.
type Location struct {
	Top    int `json:"top"`
	Left   int `json:"left"`
	Width  int `json:"width"`
	Height int `json:"height"`
}
