// The conformance suite of the Gateway API, as its project publishes it. Everything is set by its own flags.
package gateway

import (
	"testing"

	"sigs.k8s.io/gateway-api/conformance"
)

func TestMesh(t *testing.T) {
	conformance.RunConformanceWithOptions(t, conformance.DefaultOptions(t))
}
