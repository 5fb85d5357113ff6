"""Makes a dead letter of each message of the orders queue, which nobody else may read meanwhile, and brings them back, with boto3.
Prints, as JSON, the queue's attributes, the alarms that watch the dead letters, how often a message was received, and the letters.

    AWS_ENDPOINT_URL=… python dead_letters.py ORDERS_QUEUE_URL DEAD_LETTER_QUEUE_URL

AWS brings them back by itself (`start_message_move_task`); MiniStack does not know that call.
"""

import json
import sys

import boto3

sqs = boto3.client("sqs")


def receive(queue, seconds):
    """Messages, hidden from others for so long."""
    return sqs.receive_message(QueueUrl=queue, VisibilityTimeout=seconds, WaitTimeSeconds=1, MaxNumberOfMessages=10,
                               MessageSystemAttributeNames=["All"]).get("Messages", [])


def watching(queue):
    """The alarms about a queue."""
    alarms = boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]
    dimension = {"Name": "QueueName", "Value": queue.rsplit("/", 1)[1]}
    return [alarm["AlarmName"] for alarm in alarms if dimension in alarm.get("Dimensions", [])]


def main(orders, dead):
    attributes = sqs.get_queue_attributes(QueueUrl=orders, AttributeNames=["All"])["Attributes"]
    receives = 0
    while receive(orders, 0):
        receives += 1
    letters = receive(dead, 30)
    for letter in letters:
        sqs.send_message(QueueUrl=orders, MessageBody=letter["Body"], MessageGroupId=letter["Attributes"]["MessageGroupId"])
        sqs.delete_message(QueueUrl=dead, ReceiptHandle=letter["ReceiptHandle"])
    told = {"attributes": attributes, "alarms": watching(dead), "receives": receives,
            "letters": [json.loads(letter["Body"]) for letter in letters]}
    json.dump(told, sys.stdout)


main(*sys.argv[1:])
