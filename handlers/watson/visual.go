package watson

import (
	"net/http"

	"quittance/db/label"
)

// visualRecognition is the map of both versions. Deleting what an application sent needs the scope erase, as deleting by customer ID does.
var visualRecognition = []*route{
	uploading(on(label.VisualRecognition, "POST v3/classifiers", ScopeIngest, (*server).createClassifier)),
	on(label.VisualRecognition, "GET v3/classifiers", ScopeLogs, (*server).listClassifiers),
	on(label.VisualRecognition, "GET v3/classifiers/{classifier_id}", ScopeLogs, (*server).getClassifier),
	uploading(on(label.VisualRecognition, "POST v3/classifiers/{classifier_id}", ScopeIngest, (*server).updateClassifier)),
	on(label.VisualRecognition, "DELETE v3/classifiers/{classifier_id}", ScopeErase, (*server).deleteClassifier),
	uploading(on(label.VisualRecognition, "POST v3/classify", ScopeIngest, (*server).recognise)),
	on(label.VisualRecognition, "GET v3/classify", ScopeIngest, (*server).recognise),

	on(label.VisualRecognition, "POST v4/collections", ScopeIngest, (*server).createCollection),
	on(label.VisualRecognition, "GET v4/collections", ScopeLogs, (*server).listCollections),
	on(label.VisualRecognition, "GET v4/collections/{collection_id}", ScopeLogs, (*server).getCollection),
	on(label.VisualRecognition, "POST v4/collections/{collection_id}", ScopeIngest, (*server).updateCollection),
	on(label.VisualRecognition, "DELETE v4/collections/{collection_id}", ScopeErase, (*server).deleteCollection),
	on(label.VisualRecognition, "POST v4/collections/{collection_id}/train", ScopeIngest, (*server).train),
	uploading(on(label.VisualRecognition, "POST v4/collections/{collection_id}/images", ScopeIngest, (*server).addImages)),
	on(label.VisualRecognition, "GET v4/collections/{collection_id}/images", ScopeLogs, (*server).listImages),
	on(label.VisualRecognition, "GET v4/collections/{collection_id}/images/{image_id}", ScopeLogs, (*server).getImage),
	on(label.VisualRecognition, "DELETE v4/collections/{collection_id}/images/{image_id}", ScopeErase, (*server).deleteImage),
	on(label.VisualRecognition, "GET v4/collections/{collection_id}/images/{image_id}/jpeg", ScopeLogs, (*server).getJPEG),
	on(label.VisualRecognition, "POST v4/collections/{collection_id}/images/{image_id}/training_data", ScopeIngest, (*server).setTrainingData),
	uploading(on(label.VisualRecognition, "POST v4/analyze", ScopeIngest, (*server).recognise)),
}

func uploading(r *route) *route {
	r.upload = true
	return r
}

// recognise is what a store cannot do. The images are taken off the line, so that the caller hears the answer, and nothing is kept of them.
func (s *server) recognise(c *call) (answer, error) {
	if err := c.drain(); err != nil {
		return answer{}, err
	}
	return answer{}, &apiError{status: http.StatusNotImplemented, message: "This instance keeps training data and does not recognise images."}
}
