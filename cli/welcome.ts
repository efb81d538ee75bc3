/** What the command says when it is given nothing to do. */
export const welcome = (version: string): string => `lambda-conformance ${version}
Tests how something that speaks the AWS Lambda API invokes functions: it draws
random events and failures, runs them, decides rules of AWS's documentation on
what happened, and shrinks what breaks one to the smallest scenario that does.

Three commands to try:

  lambda-conformance run
      a campaign on the built-in model of AWS Lambda: a few seconds
  lambda-conformance explain ASYNC-RETRY-01
      a rule, with the pages of AWS that say so
  lambda-conformance run --endpoint http://127.0.0.1:4566
      the same campaign against your emulator

All commands: lambda-conformance --help
`;
