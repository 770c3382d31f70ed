module github.com/sautikit/go

go 1.24
