"""LocalStack's own main, bound to the address that GATEWAY_LISTEN names.

With its default server LocalStack 4.14.0 (and localemu 1.3.2) takes the port from there, and binds all addresses of the machine.
"""

from types import SimpleNamespace

from .fork import module


def bind_named_host() -> None:
    from twisted.internet import endpoints

    server = module("runtime.server.twisted")
    hosts = {listen.port: listen.host for listen in module("config").GATEWAY_LISTEN}

    def ipv4(reactor, port: int, **kwargs):
        return endpoints.TCP4ServerEndpoint(reactor, port, interface=hosts[port], **kwargs)

    server.endpoints = SimpleNamespace(
        TCP4ServerEndpoint=ipv4, TCP6ServerEndpoint=endpoints.TCP6ServerEndpoint
    )


def main() -> None:
    bind_named_host()
    module("runtime.main").main()


if __name__ == "__main__":
    main()
