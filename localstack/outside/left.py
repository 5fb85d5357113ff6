"""Everything that an AWS account has of what template.yaml makes, whosever it is, one `kind name` a line: on an emulator that knows
one stack alone, what is left after that was deleted. What CloudFormation has drawn at the end of a name is shown as `…`.

    AWS_ENDPOINT_URL=… python left.py
"""

import re

import boto3


def names(service, operation, found, name=None, **arguments):
    """The names in all pages of an answer."""
    client = boto3.client(service)
    pages = client.get_paginator(operation).paginate(**arguments) if client.can_paginate(operation) else [
        getattr(client, operation)(**arguments)]
    return [one[name] if name else one for page in pages for one in page.get(found) or []]


def distributions():
    return [one["Id"] for one in boto3.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])]


def api_gateway_log_role():
    account = boto3.client("apigateway").get_account()
    role = account.get("cloudwatchRoleArn")
    return [role.rsplit("/", 1)[1]] if role else []


KINDS = {
    "alarm": names("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "bucket": names("s3", "list_buckets", "Buckets", "Name"),
    "dashboard": names("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "distribution": distributions(),
    "event source": names("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "function": names("lambda", "list_functions", "Functions", "FunctionName"),
    "key": names("kms", "list_keys", "Keys", "KeyId"),
    "log group": names("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "log role of API Gateway": api_gateway_log_role(),
    "policy": names("iam", "list_policies", "Policies", "PolicyName", Scope="Local"),
    "queue": names("sqs", "list_queues", "QueueUrls"),
    "REST API": names("apigateway", "get_rest_apis", "items", "name"),
    "role": names("iam", "list_roles", "Roles", "RoleName"),
    "rule": names("events", "list_rules", "Rules", "Name"),
    "secret": names("secretsmanager", "list_secrets", "SecretList", "Name"),
    "stack": names("cloudformation", "describe_stacks", "Stacks", "StackName"),
    "topic": names("sns", "list_topics", "Topics", "TopicArn"),
    "WebSocket API": names("apigatewayv2", "get_apis", "Items", "Name"),
}

for kind, found in KINDS.items():
    for name in found:
        print(kind, re.sub(r"-[0-9A-Fa-f]{13}$", "-…", name))
