"""LocalStack's own main, bound to the address that GATEWAY_LISTEN names.

With its default server LocalStack 4.14.0 takes the port from there, and binds all addresses of the machine.
"""

from types import SimpleNamespace


def bind_named_host() -> None:
    from localstack import config
    from localstack.runtime.server import twisted as server
    from twisted.internet import endpoints

    hosts = {listen.port: listen.host for listen in config.GATEWAY_LISTEN}

    def ipv4(reactor, port: int, **kwargs):
        return endpoints.TCP4ServerEndpoint(reactor, port, interface=hosts[port], **kwargs)

    server.endpoints = SimpleNamespace(
        TCP4ServerEndpoint=ipv4, TCP6ServerEndpoint=endpoints.TCP6ServerEndpoint
    )


def main() -> None:
    bind_named_host()
    from localstack.runtime.main import main as run

    run()


if __name__ == "__main__":
    main()
