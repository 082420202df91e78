module goldenpath.io/tests/controlplane/kong

go 1.26.0

require github.com/kong/kubernetes-configuration v1.0.0
