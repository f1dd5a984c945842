//go:build tools

// The application that the Gateway API's mesh tests speak to: Istio's echo, unmodified.
package tools

import (
	_ "istio.io/istio/pkg/test/echo/cmd/client"
	_ "istio.io/istio/pkg/test/echo/cmd/server"
)
